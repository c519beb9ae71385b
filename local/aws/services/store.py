"""One SQLite file for what the services must not forget at a restart."""

from __future__ import annotations

import sqlite3
from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS kms_keys (arn TEXT PRIMARY KEY, material BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS secrets (
    arn TEXT PRIMARY KEY, version TEXT NOT NULL, value TEXT NOT NULL, created REAL NOT NULL);
CREATE TABLE IF NOT EXISTS events (
    id TEXT PRIMARY KEY, bus TEXT NOT NULL, source TEXT NOT NULL, detail_type TEXT NOT NULL,
    detail TEXT NOT NULL, at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY, queue TEXT NOT NULL, body TEXT NOT NULL, at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS queued (
    id INTEGER PRIMARY KEY, queue TEXT NOT NULL, body TEXT NOT NULL, visible_at REAL NOT NULL,
    receives INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS log_events (
    id INTEGER PRIMARY KEY AUTOINCREMENT, log_group TEXT NOT NULL, stream TEXT NOT NULL, at INTEGER NOT NULL,
    message TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS objects (
    bucket TEXT, key TEXT, body BLOB NOT NULL, metadata TEXT NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (bucket, key));
CREATE TABLE IF NOT EXISTS issuer_keys (id TEXT PRIMARY KEY, pem TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS client_secrets (client TEXT PRIMARY KEY, secret TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS pool_clients (
    id TEXT PRIMARY KEY, pool TEXT NOT NULL, name TEXT NOT NULL, scopes TEXT NOT NULL, created REAL NOT NULL);
CREATE TABLE IF NOT EXISTS pool_client_secrets (
    client TEXT NOT NULL, id TEXT PRIMARY KEY, secret TEXT NOT NULL, created REAL NOT NULL);
CREATE TABLE IF NOT EXISTS usage_keys (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, value TEXT UNIQUE NOT NULL, plan TEXT, enabled INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS client_assertions (client TEXT, jti TEXT, PRIMARY KEY (client, jti));
CREATE TABLE IF NOT EXISTS checkpoints (
    mapping TEXT, shard TEXT, sequence TEXT NOT NULL, PRIMARY KEY (mapping, shard));
"""


def open_store(path: Path) -> sqlite3.Connection:
    """Open or make the file; a commit is on disk before it returns."""
    path.touch(mode=0o600, exist_ok=True)  # it holds keys
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.executescript(_SCHEMA)
    return connection
