# One server, known to the other containers by its HTTP API alone.
server           = true
bootstrap_expect = 1
node_name        = "consul"

# It has no peers, so a new address of the container must mean nothing to it.
bind_addr   = "127.0.0.1"
client_addr = "0.0.0.0"

# Elect in a second, and tell nobody outside which version runs here.
performance {
  raft_multiplier = 1
}
disable_update_check = true
