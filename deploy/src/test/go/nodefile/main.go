// Command nodefile reads a node's file by the library that the node's own software reads it with, and prints what that
// understood; for k3s and RKE2 it pulls an image through it.
//
//	nodefile k3s REGISTRIES_YAML IMAGE
//	nodefile crio CONTAINERS_DIRECTORY IMAGE
//	nodefile buildkit BUILDKITD_TOML
//	nodefile talos PATCH_YAML
package main

import (
	"fmt"
	"os"
)

func main() {
	lines, err := read(os.Args[1:])
	for _, line := range lines {
		fmt.Println(line)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func read(words []string) ([]string, error) {
	switch {
	case len(words) == 3 && words[0] == "k3s":
		return k3s(words[1], words[2])
	case len(words) == 3 && words[0] == "crio":
		return crio(words[1], words[2])
	case len(words) == 2 && words[0] == "buildkit":
		return buildkit(words[1])
	case len(words) == 2 && words[0] == "talos":
		return talos(words[1])
	}
	return nil, fmt.Errorf("%v (expected: k3s|crio FILE IMAGE, or buildkit|talos FILE)", words)
}
