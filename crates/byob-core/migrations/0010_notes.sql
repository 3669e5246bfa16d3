-- What whoever sets up a draft wants to find again and the settings cannot hold, as JSON. It raises neither the version nor `updated_at`: what
-- was checked is still what would be saved.
ALTER TABLE integrations ADD COLUMN notes TEXT;
