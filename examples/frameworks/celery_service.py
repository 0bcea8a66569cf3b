"""A Celery worker: the client is made at import, before the pool forks. celery -A celery_service worker"""

import os

from celery import Celery

from flagd.client import FlagClient, User

client = FlagClient(os.environ.get("FLAGD_URL", "http://localhost:8013"))
app = Celery("celery_service", broker=os.environ.get("BROKER_URL", "memory://"), backend=os.environ.get("BACKEND_URL"))
app.conf.broker_transport_options = {
    "data_folder_in": os.environ.get("BROKER_FOLDER", "broker"),
    "data_folder_out": os.environ.get("BROKER_FOLDER", "broker"),
}  # of the broker filesystem://; others pass over it


@app.task
def checkout(user_id: str, plan: str) -> str:
    client.wait_ready(10)
    return client.variant("new-checkout", User(user_id, properties={"plan": plan})).key
