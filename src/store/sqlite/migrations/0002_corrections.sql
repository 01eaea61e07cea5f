-- The category that the bot put last, and since when a person's word stands against it: how often it is corrected.
ALTER TABLE item ADD COLUMN own_word TEXT;
ALTER TABLE item ADD COLUMN corrected_at BIGINT;
CREATE INDEX item_by_own_word ON item (repository_id, corrected_at) WHERE own_word IS NOT NULL;
CREATE INDEX item_by_correction ON item (corrected_at) WHERE corrected_at IS NOT NULL;
