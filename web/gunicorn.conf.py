"""gunicorn, as `hittavard serve` starts it."""

import gc
import os
import resource

from core.settings import default_environment, settings

# `hittavard run` has said that it is for development; a server that was started in another way is not.
default_environment("production")
_settings = settings()

bind = f"{_settings.host}:{_settings.port}"
wsgi_app = "web.app:create_app()"
# Imported once and shared by the workers; the application opens no connection until a request needs one.
preload_app = True
worker_class = "web.worker.PatientWorker"
workers = _settings.workers
threads = _settings.threads
# The workers share out the connections among themselves (web/worker.py); the kernel would by chance.
reuse_port = False
keepalive = 30
# Connections that each worker holds, idle ones too; beyond them the one that has waited longest is closed.
_files, _most_files = resource.getrlimit(resource.RLIMIT_NOFILE)
_wanted = 16_384 if _most_files == resource.RLIM_INFINITY else min(16_384, _most_files)
if _files < _wanted:
    resource.setrlimit(resource.RLIMIT_NOFILE, (_wanted, _most_files))
worker_connections = max(64, min(4_000, max(_files, _wanted) - 256))
timeout = 60
graceful_timeout = 10
# No personal data may reach a log line, so there is no access log; the application counts for itself.
accesslog = None
errorlog = "-"
loglevel = "warning"
control_socket_disable = True
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def pre_fork(server, worker):  # type: ignore[no-untyped-def]
    """What all workers share is left alone by their garbage collectors, or it would be copied for each."""
    gc.freeze()


def post_worker_init(worker):  # type: ignore[no-untyped-def]
    """Each worker reads the directory as soon as it stands, not when the first question comes."""
    from web import read_model

    read_model.start(worker.wsgi)


def child_exit(server, worker):  # type: ignore[no-untyped-def]
    """A worker that has ended has no connections, and takes none."""
    from core import metrics
    from web.worker import gone

    gone(worker.age)
    metrics.ended(worker.pid)
