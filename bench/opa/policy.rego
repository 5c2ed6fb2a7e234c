# The rules are data, so one compiled policy serves any number of them; prefixes and suffixes apart,
# because `glob.match` costs the WebAssembly build thirty times as much.
package rampart

default allow := true

allow := false if deny

deny if {
	some prefix in data.starts[input.tool]
	startswith(input.text, prefix)
}

deny if {
	some suffix in data.ends[input.tool]
	endswith(input.text, suffix)
}
