-- The settings and the principal at which a check last passed: what the customer is known to have granted. Documents that differ since are
-- shown as changes of it.
ALTER TABLE integrations ADD COLUMN granted_settings TEXT;
ALTER TABLE integrations ADD COLUMN granted_principal_arn TEXT;
ALTER TABLE integrations ADD COLUMN granted_at BIGINT;
