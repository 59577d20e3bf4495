package main

import (
	"fmt"
	"path/filepath"

	"go.podman.io/image/v5/docker/reference"
	"go.podman.io/image/v5/pkg/sysregistriesv2"
	"go.podman.io/image/v5/types"
)

// Where CRI-O, podman, buildah and skopeo pull an image from, in the order in which they ask.
func crio(directory, image string) ([]string, error) {
	system := &types.SystemContext{
		SystemRegistriesConfPath:    filepath.Join(directory, "registries.conf"),
		SystemRegistriesConfDirPath: filepath.Join(directory, "registries.conf.d"),
	}
	named, err := reference.ParseNormalizedNamed(image)
	if err != nil {
		return nil, err
	}
	registry, err := sysregistriesv2.FindRegistry(system, named.Name())
	if err != nil {
		return nil, err
	}
	if registry == nil {
		return []string{"direct"}, nil
	}
	sources, err := registry.PullSourcesFromReference(named)
	if err != nil {
		return nil, err
	}
	var lines []string
	for _, source := range sources {
		lines = append(lines, fmt.Sprintf("%s insecure=%t", source.Reference, source.Endpoint.Insecure))
	}
	return lines, nil
}
