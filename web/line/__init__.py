"""The waiting line: when more people want in than can be answered, they wait in turn; nobody gets an error.

Told in `docs/overload.md`. The worker's loop asks the `Door` of its process before it hands a request to a
thread; all processes share one `Line`, which lies in memory made before they part.
"""
