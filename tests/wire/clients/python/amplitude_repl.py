"""PyPI amplitude-experiment: users in, variants out. Arguments: remote, poll or stream, then URL and key."""

import json
import sys

from amplitude_experiment import Experiment, LocalEvaluationConfig, RemoteEvaluationConfig, User
from amplitude_experiment.cohort.cohort_sync_config import CohortSyncConfig


def main(kind, url, key):
    if kind == "remote":
        client = Experiment.initialize_remote(key, RemoteEvaluationConfig(server_url=url))
        answer, end = client.fetch_v2, client.close
    else:
        client = Experiment.initialize_local(
            key,
            LocalEvaluationConfig(
                server_url=url,
                stream_server_url=url,
                stream_updates=kind == "stream",
                stream_flag_conn_timeout=60_000,  # of 1.5 s, after which this SDK neither streams nor polls any more
                flag_config_polling_interval_millis=100,
                cohort_sync_config=CohortSyncConfig(api_key=key, secret_key="none", cohort_server_url=url),
            ),
        )
        client.start()
        answer, end = client.evaluate_v2, client.stop
    print("{}", flush=True)
    for line in sys.stdin:
        variants = answer(User(**json.loads(line)))
        print(json.dumps({name: vars(one) for name, one in variants.items()}), flush=True)
    end()


main(*sys.argv[1:])
