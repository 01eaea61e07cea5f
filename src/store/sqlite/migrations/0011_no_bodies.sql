-- The bodies of deliveries are not kept: nobody read them, and they were nine tenths of what was written.
DROP INDEX inbox_with_payload;
ALTER TABLE inbox DROP COLUMN payload;
CREATE INDEX inbox_by_time ON inbox (received_at);
