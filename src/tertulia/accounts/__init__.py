"""Users, credentials and sessions: who you are.

Owns the tables `accounts_*`. Promises that passwords are kept as argon2id hashes and tokens as
SHA-256 digests, that a username is never given to someone else, and that a revoked session's sockets
are closed before the revocation is answered.
"""
