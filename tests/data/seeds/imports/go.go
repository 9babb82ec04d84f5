package a

import (
	"fmt"
	c "example.com/a/b" // c
)
import "example.com/a/b"
