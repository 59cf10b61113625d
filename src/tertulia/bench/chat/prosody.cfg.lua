-- One port, plain text over loopback, every room archived in files, no limits of rates.
run_as_root = true
pidfile = "FOLDER/prosody.pid"
data_path = "FOLDER/data"
plugin_paths = {}
log = { warn = "*console" }
interfaces = { "127.0.0.1" }
c2s_ports = { PORT }
s2s_ports = {}
http_ports = {}
https_ports = {}
modules_enabled = { "roster", "saslauth", "disco", "register" }
modules_disabled = { "s2s", "tls", "limits" }
allow_registration = true
registration_rate_limit = nil
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
authentication = "internal_plain"
default_storage = "internal"

VirtualHost "localhost"

Component "conference.localhost" "muc"
  modules_enabled = { "muc_mam" }
  muc_room_locking = false
  muc_log_by_default = true
