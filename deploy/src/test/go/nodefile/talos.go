package main

import (
	"encoding/base64"
	"fmt"
	"os"
	"sort"

	"go.yaml.in/yaml/v3"
)

// The part of Talos's v1alpha1 machine configuration that is about registries (RegistriesConfig, RegistryMirrorConfig,
// RegistryConfig, RegistryTLSConfig). Talos decodes strictly, as here. Its own module is not served, so these are its names.
type machineConfig struct {
	Machine struct {
		Registries struct {
			Mirrors map[string]struct {
				Endpoints    []string `yaml:"endpoints"`
				OverridePath bool     `yaml:"overridePath"`
				SkipFallback bool     `yaml:"skipFallback"`
			} `yaml:"mirrors"`
			Config map[string]struct {
				TLS struct {
					CA                 string `yaml:"ca"`
					InsecureSkipVerify bool   `yaml:"insecureSkipVerify"`
				} `yaml:"tls"`
			} `yaml:"config"`
		} `yaml:"registries"`
	} `yaml:"machine"`
}

func talos(file string) ([]string, error) {
	opened, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer opened.Close()
	decoder := yaml.NewDecoder(opened)
	decoder.KnownFields(true)
	var understood machineConfig
	if err := decoder.Decode(&understood); err != nil {
		return nil, err
	}
	var lines []string
	for name, mirror := range understood.Machine.Registries.Mirrors {
		lines = append(lines, fmt.Sprintf("%s %v skipFallback=%t", name, mirror.Endpoints, mirror.SkipFallback))
	}
	for host, config := range understood.Machine.Registries.Config {
		pem, err := base64.StdEncoding.DecodeString(config.TLS.CA)
		if err != nil {
			return nil, err
		}
		lines = append(lines, fmt.Sprintf("%s ca=%d bytes", host, len(pem)))
	}
	sort.Strings(lines)
	return lines, nil
}
