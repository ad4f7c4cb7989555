-- One row per unit and type holds its counters, and whoever changes them holds that row locked. All changes
-- go through unit_register_count, in the order of the units, so that two transactions never wait for each
-- other in a ring. A new claim that the limit in force has no room for is refused; a limit that was lowered
-- removes nobody. A unit without a limit stays open whatever is written, so only the others have to be settled.

CREATE FUNCTION unit_register_count(
    unit bigint, register text, listed_by bigint, held_by bigint, waiting_by bigint, claimed_days date[]
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    taken integer;
    limited boolean := EXISTS (
        SELECT FROM listing_limit WHERE care_unit_id = unit AND listing_type = register);
BEGIN
    UPDATE unit_register
    SET listed = listed + listed_by, held = held + held_by, waiting = waiting + waiting_by,
        unsettled = unsettled OR limited OR held_by <> 0 OR waiting_by <> 0
    WHERE care_unit_id = unit AND listing_type = register
    RETURNING listed + held INTO taken;
    IF NOT FOUND THEN
        INSERT INTO unit_register (care_unit_id, listing_type, listed, held, waiting)
        VALUES (unit, register, listed_by, held_by, waiting_by)
        ON CONFLICT (care_unit_id, listing_type) DO UPDATE
        SET listed = unit_register.listed + excluded.listed,
            held = unit_register.held + excluded.held,
            waiting = unit_register.waiting + excluded.waiting,
            unsettled = true
        RETURNING unit_register.listed + unit_register.held INTO taken;
    END IF;
    IF limited AND claimed_days IS NOT NULL AND EXISTS (
        SELECT FROM listing_limit
        WHERE care_unit_id = unit AND listing_type = register AND valid @> ANY (claimed_days) AND taken > places
    ) THEN
        RAISE EXCEPTION 'the unit has no room for another'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'listing_within_limit', TABLE = 'unit_register';
    END IF;
END $$;

-- Listings: what occupies counts. A claim is a place that was not occupied before, unless it is exempt.

CREATE FUNCTION listing_count() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    change record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        FOR change IN
            SELECT care_unit_id, listing_type, count(*) AS n,
                array_agg(DISTINCT lower(valid)) FILTER (WHERE exemption IS NULL) AS days
            FROM new_rows WHERE occupies GROUP BY 1, 2 ORDER BY 1, 2
        LOOP
            PERFORM unit_register_count(change.care_unit_id, change.listing_type, change.n, 0, 0, change.days);
        END LOOP;
    ELSIF TG_OP = 'DELETE' THEN
        FOR change IN
            SELECT care_unit_id, listing_type, count(*) AS n
            FROM old_rows WHERE occupies GROUP BY 1, 2 ORDER BY 1, 2
        LOOP
            PERFORM unit_register_count(change.care_unit_id, change.listing_type, -change.n, 0, 0, NULL);
        END LOOP;
    ELSE
        FOR change IN
            SELECT care_unit_id, listing_type, sum(n) AS n, array_agg(DISTINCT day) FILTER (WHERE day IS NOT NULL) AS days
            FROM (
                SELECT new_rows.care_unit_id, new_rows.listing_type, 1 AS n,
                    CASE WHEN new_rows.exemption IS NULL THEN lower(new_rows.valid) END AS day
                FROM new_rows JOIN old_rows USING (id)
                WHERE new_rows.occupies AND (NOT old_rows.occupies OR old_rows.care_unit_id <> new_rows.care_unit_id)
                UNION ALL
                SELECT old_rows.care_unit_id, old_rows.listing_type, -1, NULL
                FROM old_rows JOIN new_rows USING (id)
                WHERE old_rows.occupies AND (NOT new_rows.occupies OR old_rows.care_unit_id <> new_rows.care_unit_id)
            ) AS moved
            GROUP BY 1, 2 ORDER BY 1, 2
        LOOP
            PERFORM unit_register_count(change.care_unit_id, change.listing_type, change.n, 0, 0, change.days);
        END LOOP;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER listing_counted_on_insert AFTER INSERT ON listing
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION listing_count();
CREATE TRIGGER listing_counted_on_update AFTER UPDATE ON listing
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION listing_count();
CREATE TRIGGER listing_counted_on_delete AFTER DELETE ON listing
REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION listing_count();

-- The queue: an offer holds a place until it is answered, so an offer claims one like a listing does.

CREATE FUNCTION queue_entry_count() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    change record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        FOR change IN
            SELECT care_unit_id, listing_type, count(*) FILTER (WHERE status = 'offered') AS held,
                count(*) FILTER (WHERE status = 'waiting') AS waiting,
                array_agg(DISTINCT (offered_at AT TIME ZONE 'Europe/Stockholm')::date)
                    FILTER (WHERE status = 'offered') AS days
            FROM new_rows GROUP BY 1, 2 ORDER BY 1, 2
        LOOP
            PERFORM unit_register_count(
                change.care_unit_id, change.listing_type, 0, change.held, change.waiting, change.days);
        END LOOP;
    ELSIF TG_OP = 'DELETE' THEN
        FOR change IN
            SELECT care_unit_id, listing_type, count(*) FILTER (WHERE status = 'offered') AS held,
                count(*) FILTER (WHERE status = 'waiting') AS waiting
            FROM old_rows GROUP BY 1, 2 ORDER BY 1, 2
        LOOP
            PERFORM unit_register_count(
                change.care_unit_id, change.listing_type, 0, -change.held, -change.waiting, NULL);
        END LOOP;
    ELSE
        FOR change IN
            SELECT care_unit_id, listing_type, sum(held) AS held, sum(waiting) AS waiting,
                array_agg(DISTINCT day) FILTER (WHERE day IS NOT NULL) AS days
            FROM (
                SELECT new_rows.care_unit_id, new_rows.listing_type, (new_rows.status = 'offered')::integer AS held,
                    (new_rows.status = 'waiting')::integer AS waiting,
                    CASE WHEN new_rows.status = 'offered'
                        THEN (new_rows.offered_at AT TIME ZONE 'Europe/Stockholm')::date END AS day
                FROM new_rows JOIN old_rows USING (id)
                WHERE old_rows.status <> new_rows.status
                UNION ALL
                SELECT old_rows.care_unit_id, old_rows.listing_type, -(old_rows.status = 'offered')::integer,
                    -(old_rows.status = 'waiting')::integer, NULL
                FROM old_rows JOIN new_rows USING (id)
                WHERE old_rows.status <> new_rows.status
            ) AS moved
            GROUP BY 1, 2 ORDER BY 1, 2
        LOOP
            PERFORM unit_register_count(
                change.care_unit_id, change.listing_type, 0, change.held, change.waiting, change.days);
        END LOOP;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER queue_entry_counted_on_insert AFTER INSERT ON queue_entry
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION queue_entry_count();
CREATE TRIGGER queue_entry_counted_on_update AFTER UPDATE ON queue_entry
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION queue_entry_count();
CREATE TRIGGER queue_entry_counted_on_delete AFTER DELETE ON queue_entry
REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION queue_entry_count();

-- A doctor's patients: the assignments without an end.

CREATE FUNCTION doctor_assignment_count() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    change record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        FOR change IN SELECT doctor_id, count(*) AS n FROM new_rows WHERE upper_inf(valid) GROUP BY 1 ORDER BY 1
        LOOP
            UPDATE regular_doctor SET patients = patients + change.n WHERE id = change.doctor_id;
        END LOOP;
    ELSE
        FOR change IN
            SELECT doctor_id, sum(n) AS n FROM (
                SELECT doctor_id, 1 AS n FROM new_rows WHERE upper_inf(valid)
                UNION ALL SELECT doctor_id, -1 FROM old_rows WHERE upper_inf(valid)
            ) AS moved GROUP BY 1 HAVING sum(n) <> 0 ORDER BY 1
        LOOP
            UPDATE regular_doctor SET patients = patients + change.n WHERE id = change.doctor_id;
        END LOOP;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER doctor_assignment_counted_on_insert AFTER INSERT ON doctor_assignment
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION doctor_assignment_count();
CREATE TRIGGER doctor_assignment_counted_on_update AFTER UPDATE ON doctor_assignment
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION doctor_assignment_count();

-- History is written once. Not even the owner of the table changes it by an ordinary statement.

CREATE FUNCTION listing_event_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'listing_event is written once and never changed'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'listing_event_append_only', TABLE = 'listing_event';
END $$;

CREATE TRIGGER listing_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON listing_event
FOR EACH STATEMENT EXECUTE FUNCTION listing_event_refuse_change();
