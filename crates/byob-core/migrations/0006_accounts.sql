-- People who sign in to the console. One account may be in several organizations.
CREATE TABLE accounts (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL CONSTRAINT accounts_email_unique UNIQUE,
    password_hash TEXT NOT NULL,
    is_operator BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL
);

-- Who the member is, once they have accepted their invitation. The address alone does not tell: nobody has proven that it is theirs.
ALTER TABLE members ADD COLUMN account_id TEXT REFERENCES accounts (id) ON DELETE SET NULL;
CREATE UNIQUE INDEX members_account_unique ON members (organization_id, account_id) WHERE account_id IS NOT NULL;
CREATE INDEX members_of_account ON members (account_id);

-- Links that work once: to join an organization, to set a password, or both.
CREATE TABLE invitations (
    hash TEXT PRIMARY KEY,
    organization_id TEXT REFERENCES organizations (id) ON DELETE CASCADE,
    member_id TEXT REFERENCES members (id) ON DELETE CASCADE,
    email TEXT NOT NULL,
    makes_operator BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

-- Browsers that are signed in.
CREATE TABLE sign_ins (
    hash TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sign_ins_of_account ON sign_ins (account_id);
