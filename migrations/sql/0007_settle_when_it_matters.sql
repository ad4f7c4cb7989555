-- A register has to be settled when what the public sees or who is served may have changed: an offer or a queue
-- place came or went, a place became free while somebody waits, or the unit became full or ceased to be. A
-- listing at a unit that has a limit and room left changes none of that, and is what mostly happens.

CREATE OR REPLACE FUNCTION unit_register_count(
    unit bigint, register text, listed_by bigint, held_by bigint, waiting_by bigint, claimed_days date[]
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    taken integer;
    settles boolean := held_by <> 0 OR waiting_by <> 0;
    limited boolean := EXISTS (
        SELECT FROM listing_limit WHERE care_unit_id = unit AND listing_type = register);
BEGIN
    UPDATE unit_register
    SET listed = listed + listed_by, held = held + held_by, waiting = waiting + waiting_by,
        unsettled = unsettled OR settles OR (listed_by < 0 AND waiting > 0)
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
    IF limited AND NOT settles AND EXISTS (
        SELECT FROM listing_limit
        WHERE care_unit_id = unit AND listing_type = register
            AND (taken >= places) <> (taken - listed_by - held_by >= places)
    ) THEN
        UPDATE unit_register SET unsettled = true
        WHERE care_unit_id = unit AND listing_type = register AND NOT unsettled;
    END IF;
END $$;
