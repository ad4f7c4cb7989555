"""What has changed on a card, by whom and when."""

from flask import abort, render_template, request

from web.site import reads
from web.site.blueprint import site
from web.site.i18n import current_language
from web.site.presenters.changes import change
from web.site.unit import hidden

PAGE_SIZE = 50


@site.get("/enhet/<hsa_id>/historik")
def history(hsa_id: str) -> str:
    """The public changes of a unit, newest first."""
    hsa_id = hsa_id.upper()
    snapshot = reads.unit(hsa_id, None)
    if snapshot is None or hidden(snapshot):
        abort(404)
    wanted = request.args.get("page", "1")
    page = int(wanted) if wanted.isdecimal() and 0 < int(wanted[:5]) <= 1000 else 1
    total, rows = reads.changes(hsa_id, PAGE_SIZE, page)
    language, label = current_language(), reads.words(snapshot).label
    return render_template(
        "site/history.html",
        hsa_id=hsa_id,
        name=snapshot.record.get("name", hsa_id),
        page=page,
        total=total,
        more=total > page * PAGE_SIZE,
        changes=[
            change(
                row.changed_at,
                row.field,
                row.old_value,
                row.new_value,
                row.source_name or "",
                language,
                label,
            )
            for row in rows
        ],
    )
