"""Celery: a task acknowledged late on a quorum queue; its worker's processes take in one message a transaction."""

from __future__ import annotations

from celery import Celery

from benchmarks.peers.ledger import Take
from benchmarks.peers.letters import Letters
from benchmarks.peers.plan import Plan

TASK = "letters.take"
PROCESSES = 2
PREFETCH = 32
"""For each process."""


def app_for(plan: Plan) -> Celery:
    """Tasks are persistent by default; JSON carries the sealed bytes as Base64."""
    app = Celery("letters", broker=plan.url)
    app.conf.update(
        broker_transport_options={"confirm_publish": True},
        task_default_queue=plan.queue,
        task_default_queue_type="quorum",
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_ignore_result=True,
        worker_detect_quorum_queues=True,
        worker_prefetch_multiplier=PREFETCH,
        worker_enable_remote_control=False,
        worker_hijack_root_logger=False,
    )
    return app


def send(plan: Plan, letters: Letters) -> None:
    """Publish each letter as a task; ``send_task`` returns when the broker has confirmed it."""
    app = app_for(plan)
    with app.producer_or_acquire() as producer:
        producer.maybe_declare(app.amqp.queues[plan.queue])
        for letter in letters:
            app.send_task(TASK, (letter.sealed,), task_id=letter.name, producer=producer)
    app.close()


def receive(plan: Plan, take: Take) -> None:
    """Until it is ended: a worker with its usual pool of processes."""
    app = app_for(plan)

    @app.task(name=TASK)
    def take_letter(sealed: bytes) -> None:
        take(sealed)

    app.worker_main([
        "worker", "--pool=prefork", f"--concurrency={PROCESSES}", "--loglevel=WARNING",
        "--without-gossip", "--without-mingle", "--without-heartbeat",
    ])  # fmt: skip
