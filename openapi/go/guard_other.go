//go:build !unix

package rampart

const openFlags = 0
