"""A place that is offered, as the queue's own round would."""

from sqlalchemy import Engine, text


def offer_the_first(database: Engine) -> None:
    """A place becomes free, and whoever queues is offered it for a week."""
    with database.begin() as connection:
        connection.execute(text("UPDATE listing_limit SET places = 1"))
        connection.execute(
            text(
                "UPDATE queue_entry SET status = 'offered', offered_at = now(),"
                " offer_expires_at = now() + interval '7 days' WHERE status = 'waiting'"
            )
        )
        connection.execute(
            text(
                "INSERT INTO listing_notice (person_id, kind, listing_type, care_unit_id, detail) SELECT"
                " person_id, 'offer', listing_type, care_unit_id, jsonb_build_object('last_day',"
                " (now() + interval '7 days')::date) FROM queue_entry WHERE status = 'offered'"
            )
        )
