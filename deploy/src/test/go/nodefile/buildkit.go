package main

import (
	"fmt"
	"sort"

	"github.com/moby/buildkit/cmd/buildkitd/config"
)

// What buildkitd knows of each registry.
func buildkit(file string) ([]string, error) {
	understood, err := config.LoadFile(file)
	if err != nil {
		return nil, err
	}
	var lines []string
	for name, registry := range understood.Registries {
		plain := registry.PlainHTTP != nil && *registry.PlainHTTP
		lines = append(lines, fmt.Sprintf("%s mirrors=%v http=%t ca=%v", name, registry.Mirrors, plain, registry.RootCAs))
	}
	sort.Strings(lines)
	return lines, nil
}
