-- When a check last found that it works, if with reservations. What was kept of checks tells it of the time before.
ALTER TABLE integrations ADD COLUMN good_at BIGINT;
UPDATE integrations SET good_at = (SELECT MAX(checks.started_at + checks.duration_ms) FROM checks
    WHERE checks.organization_id = integrations.organization_id AND checks.integration_id = integrations.id
    AND checks.health IN ('healthy', 'degraded'));
-- When somebody last had a URL by it, or looked into its bucket, to the minute.
ALTER TABLE integrations ADD COLUMN last_used_at BIGINT;
