//go:build tools

package dns

import _ "github.com/go-acme/lego/v5/lego"
