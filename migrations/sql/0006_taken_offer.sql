-- A listing by an offer that is taken claims no place: the offer has held it since it was made, also where the
-- limit has been lowered meanwhile (a lowered limit removes nobody). The offer that ended in the same operation
-- proves it.

CREATE OR REPLACE FUNCTION listing_count() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    change record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        FOR change IN
            SELECT care_unit_id, listing_type, count(*) AS n,
                array_agg(DISTINCT lower(valid)) FILTER (WHERE exemption IS NULL AND NOT (
                    basis = 'choice' AND EXISTS (
                        SELECT FROM queue_entry q
                        WHERE q.person_id = new_rows.person_id AND q.care_unit_id = new_rows.care_unit_id
                            AND q.listing_type = new_rows.listing_type AND q.status = 'taken'
                            AND q.ended_at = new_rows.registered_at))) AS days
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
