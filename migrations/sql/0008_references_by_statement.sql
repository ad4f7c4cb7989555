-- A foreign key is looked up once per row. Rows that an allocation or a population file writes by the hundred
-- thousand name few units and one run, and their people are those of the very statement, so these five references
-- are kept by statement instead: the same refusal under the same name, the same lock (FOR KEY SHARE) on what is
-- referred to, each key once, and in their order, so that no two statements wait for each other in a ring. What
-- lists a person where (listing.person_id, listing.care_unit_id) stays a foreign key.

CREATE FUNCTION reference_refuse(child text, missing text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING MESSAGE = 'a row of ' || child || ' refers to one that does not exist',
        ERRCODE = 'foreign_key_violation', CONSTRAINT = missing, TABLE = child;
END $$;

CREATE FUNCTION listing_refer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT allocation_run_id AS id FROM new_rows WHERE allocation_run_id IS NOT NULL) AS n
        WHERE NOT EXISTS (SELECT FROM allocation_run p WHERE p.id = n.id FOR KEY SHARE)
    ) THEN
        PERFORM reference_refuse('listing', 'fk_listing_allocation_run_id');
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION listing_event_refer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT person_id AS id FROM new_rows ORDER BY 1) AS n
        WHERE NOT EXISTS (SELECT FROM person p WHERE p.id = n.id FOR KEY SHARE)
    ) THEN
        PERFORM reference_refuse('listing_event', 'fk_listing_event_person_id');
    END IF;
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT care_unit_id AS id FROM new_rows WHERE care_unit_id IS NOT NULL ORDER BY 1) AS n
        WHERE NOT EXISTS (SELECT FROM care_unit p WHERE p.id = n.id FOR KEY SHARE)
    ) THEN
        PERFORM reference_refuse('listing_event', 'fk_listing_event_care_unit_id');
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION listing_notice_refer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT person_id AS id FROM new_rows ORDER BY 1) AS n
        WHERE NOT EXISTS (SELECT FROM person p WHERE p.id = n.id FOR KEY SHARE)
    ) THEN
        PERFORM reference_refuse('listing_notice', 'fk_listing_notice_person_id');
    END IF;
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT care_unit_id AS id FROM new_rows WHERE care_unit_id IS NOT NULL ORDER BY 1) AS n
        WHERE NOT EXISTS (SELECT FROM care_unit p WHERE p.id = n.id FOR KEY SHARE)
    ) THEN
        PERFORM reference_refuse('listing_notice', 'fk_listing_notice_care_unit_id');
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER listing_refers AFTER INSERT ON listing
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION listing_refer();
CREATE TRIGGER listing_event_refers AFTER INSERT ON listing_event
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION listing_event_refer();
CREATE TRIGGER listing_notice_refers AFTER INSERT ON listing_notice
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION listing_notice_refer();

-- A row that is made to refer to another. A statement that does not set the column pays nothing. History is never
-- changed, so it needs none. Arguments: column, referenced table, name of the refusal.

CREATE FUNCTION reference_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wanted bigint := (to_jsonb(NEW) ->> TG_ARGV[0])::bigint;
    found_id bigint;
BEGIN
    EXECUTE 'SELECT id FROM ' || quote_ident(TG_ARGV[1]) || ' WHERE id = $1 FOR KEY SHARE'
        INTO found_id USING wanted;
    IF wanted IS NOT NULL AND found_id IS NULL THEN
        PERFORM reference_refuse(TG_TABLE_NAME, TG_ARGV[2]);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER listing_refers_on_update AFTER UPDATE OF allocation_run_id ON listing
FOR EACH ROW EXECUTE FUNCTION reference_changed('allocation_run_id', 'allocation_run', 'fk_listing_allocation_run_id');
CREATE TRIGGER listing_notice_refers_to_person_on_update AFTER UPDATE OF person_id ON listing_notice
FOR EACH ROW EXECUTE FUNCTION reference_changed('person_id', 'person', 'fk_listing_notice_person_id');
CREATE TRIGGER listing_notice_refers_to_unit_on_update AFTER UPDATE OF care_unit_id ON listing_notice
FOR EACH ROW EXECUTE FUNCTION reference_changed('care_unit_id', 'care_unit', 'fk_listing_notice_care_unit_id');

-- What is referred to stays. Whoever deletes it has waited for the transactions that hold it by a reference, and
-- sees their rows in the next statement; not so with one snapshot for the whole transaction, which is refused.
-- Arguments: referring table, its column, name of the refusal.

CREATE FUNCTION referenced_keep() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    used boolean;
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.id = OLD.id THEN
        RETURN NULL;
    END IF;
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION USING MESSAGE = 'delete from ' || TG_TABLE_NAME || ' in a transaction that is read committed',
            ERRCODE = 'feature_not_supported', TABLE = TG_TABLE_NAME;
    END IF;
    EXECUTE 'SELECT EXISTS (SELECT FROM ' || quote_ident(TG_ARGV[0]) || ' WHERE ' || quote_ident(TG_ARGV[1])
        || ' = $1)' INTO used USING OLD.id;
    IF used THEN
        RAISE EXCEPTION USING MESSAGE = 'a row of ' || TG_TABLE_NAME || ' is referred to by ' || TG_ARGV[0],
            ERRCODE = 'foreign_key_violation', CONSTRAINT = TG_ARGV[2], TABLE = TG_ARGV[0];
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION listing_notice_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM listing_notice WHERE person_id = OLD.id;
    RETURN NULL;
END $$;

CREATE TRIGGER allocation_run_of_listing AFTER DELETE OR UPDATE OF id ON allocation_run
FOR EACH ROW EXECUTE FUNCTION referenced_keep('listing', 'allocation_run_id', 'fk_listing_allocation_run_id');
CREATE TRIGGER person_of_history AFTER DELETE OR UPDATE OF id ON person
FOR EACH ROW EXECUTE FUNCTION referenced_keep('listing_event', 'person_id', 'fk_listing_event_person_id');
CREATE TRIGGER person_of_notices AFTER DELETE ON person
FOR EACH ROW EXECUTE FUNCTION listing_notice_follow();
CREATE TRIGGER person_of_notices_on_update AFTER UPDATE OF id ON person
FOR EACH ROW EXECUTE FUNCTION referenced_keep('listing_notice', 'person_id', 'fk_listing_notice_person_id');
CREATE TRIGGER care_unit_of_history AFTER DELETE OR UPDATE OF id ON care_unit
FOR EACH ROW EXECUTE FUNCTION referenced_keep('listing_event', 'care_unit_id', 'fk_listing_event_care_unit_id');
CREATE TRIGGER care_unit_of_notices AFTER DELETE OR UPDATE OF id ON care_unit
FOR EACH ROW EXECUTE FUNCTION referenced_keep('listing_notice', 'care_unit_id', 'fk_listing_notice_care_unit_id');
