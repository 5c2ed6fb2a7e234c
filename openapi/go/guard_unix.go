//go:build unix

package rampart

import "syscall"

const openFlags = syscall.O_NONBLOCK | syscall.O_NOFOLLOW
