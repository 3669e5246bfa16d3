-- Roles that the platform has in its own account, each for one integration. One is noted down before it is made and forgotten only after it
-- is removed, so that none is ever lost: nothing here refers to the integration, which may be gone before its role is.
CREATE TABLE principal_roles (
    organization_id TEXT NOT NULL,
    integration_id TEXT NOT NULL,
    name TEXT NOT NULL,
    -- Known as soon as the role is known to be ours.
    arn TEXT,
    -- The customer's roles that it may assume, as a list in JSON; unknown while that is being changed.
    targets TEXT,
    -- It is as its integration wants it. What is not is brought to that by a later sweep.
    settled BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    -- When a sweep last came by, so that one that cannot be settled does not keep others waiting.
    swept_at BIGINT NOT NULL,
    PRIMARY KEY (organization_id, integration_id)
);
