-- One text for SQLite and PostgreSQL: identifiers and JSON as TEXT, times as BIGINT milliseconds since 1970.

CREATE TABLE organizations (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL CONSTRAINT organizations_name_unique UNIQUE,
    created_at BIGINT NOT NULL,
    -- Raised by every change of its integrations, for replicas to compare. Raising it also makes such changes wait for each other.
    integrations_revision BIGINT NOT NULL
);

CREATE TABLE members (
    id TEXT PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    email TEXT NOT NULL,
    role TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT members_email_unique UNIQUE (organization_id, email)
);

-- A token of a member, or, without organization and member, of the operator.
CREATE TABLE tokens (
    id TEXT PRIMARY KEY,
    organization_id TEXT REFERENCES organizations (id) ON DELETE CASCADE,
    member_id TEXT REFERENCES members (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    hash TEXT NOT NULL CONSTRAINT tokens_hash_unique UNIQUE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT
);
CREATE INDEX tokens_of_organization ON tokens (organization_id, id);

-- An integration from its first day as a draft on, so that its external ID never changes and is unique across both.
CREATE TABLE integrations (
    id TEXT PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    enabled BOOLEAN NOT NULL,
    name TEXT,
    external_id TEXT NOT NULL CONSTRAINT integrations_external_id_unique UNIQUE,
    principal_arn TEXT,
    settings TEXT NOT NULL,
    sealed_secret TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    expires_at BIGINT
);
CREATE INDEX integrations_of_organization ON integrations (organization_id, state, id);
CREATE UNIQUE INDEX integrations_name_unique ON integrations (organization_id, name) WHERE state = 'saved';

-- Session credentials, shared by all replicas. A new session does not replace the one before it: URLs that were handed out in
-- the current window go on being made with the older one.
CREATE TABLE sessions (
    organization_id TEXT NOT NULL,
    integration_id TEXT NOT NULL REFERENCES integrations (id) ON DELETE CASCADE,
    integration_version BIGINT NOT NULL,
    session_policy_hash TEXT NOT NULL,
    issued_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    sealed_credentials TEXT NOT NULL,
    PRIMARY KEY (organization_id, integration_id, integration_version, session_policy_hash, issued_at)
);

-- Work that only one replica does at a time.
CREATE TABLE leases (
    name TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
