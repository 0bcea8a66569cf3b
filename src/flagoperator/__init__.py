"""flagoperator: what turns the flags of a cluster into what flagd serves, and the `flagctl` tool."""
