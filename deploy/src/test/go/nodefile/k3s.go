package main

import (
	"io"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/rancher/wharfie/pkg/registries"
)

// Pulls an image as k3s and RKE2 pull their own; gives the digests of its manifest and of every layer that was read whole.
func k3s(file, image string) ([]string, error) {
	reference, err := name.ParseReference(image)
	if err != nil {
		return nil, err
	}
	configured, err := registries.GetPrivateRegistries(file)
	if err != nil {
		return nil, err
	}
	pulled, err := configured.Image(reference)
	if err != nil {
		return nil, err
	}
	digest, err := pulled.Digest()
	if err != nil {
		return nil, err
	}
	layers, err := pulled.Layers()
	if err != nil {
		return nil, err
	}
	lines := []string{digest.String()}
	for _, layer := range layers {
		bytes, err := layer.Compressed()
		if err != nil {
			return lines, err
		}
		if _, err := io.Copy(io.Discard, bytes); err != nil {
			return lines, err
		}
		digest, err := layer.Digest()
		if err != nil {
			return lines, err
		}
		lines = append(lines, digest.String())
	}
	return lines, nil
}
