//go:build tools

package clients

import _ "github.com/moby/buildkit/cmd/buildkitd"
import _ "github.com/moby/buildkit/cmd/buildctl"
