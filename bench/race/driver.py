"""Runs inside a contender's own process: requests in batches of equal time, as the runtime client hands them on.

Started by `bench.race.warm` with the contender on the path; needs nothing but the standard library.
Commands come on standard input, one JSON document a line, and so do answers on the descriptor that
was standard output; what the handler prints goes nowhere.
"""

import importlib
import json
import os
import sys
import time


class Context:
    function_name = "bench"
    function_version = "1"
    memory_limit_in_mb = "1024"
    aws_request_id = "bench"
    log_group_name = log_stream_name = "bench"
    invoked_function_arn = "arn:aws:lambda:eu-west-2:000000000000:function:bench"

    def get_remaining_time_in_millis(self) -> int:
        return 30000


def main() -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    handler = importlib.import_module("app").handler
    if os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start":
        serve_copies(handler, answers)
    context, number = Context(), 0
    for line in sys.stdin:
        asked = json.loads(line)
        template, mark, until = asked["event"], asked["mark"], asked["seconds"]
        requests, answer, failed = 0, None, None
        began, cpu = time.perf_counter(), time.process_time()
        while True:
            number += 1
            event = json.loads(template.replace(mark, f"{asked['run']}-{number}"))
            answer = json.dumps(handler(event, context))
            requests += 1
            if time.perf_counter() - began >= until:
                break
        used = time.process_time() - cpu
        status = json.loads(answer)["statusCode"]
        if status >= 300:
            failed = answer
        print(
            json.dumps({"requests": requests, "cpu_seconds": used, "failed": failed}),
            file=answers,
            flush=True,
        )


def serve_copies(handler, answers):
    """As a snapshot: each line is answered by a fresh copy of this process, which carries out some requests.

    Answers the CPU seconds of each request; the copy's own renewal counts to the first.
    """
    hooks = importlib.import_module("snapshot_restore_py")
    for hook, args, kwargs in reversed(hooks.get_before_snapshot()):
        hook(*args, **kwargs)
    for line in sys.stdin:
        asked = json.loads(line)
        if (copy := os.fork()) == 0:
            used = []
            for number in range(asked["requests"]):
                event = json.loads(
                    asked["event"].replace(asked["mark"], f"{asked['run']}-{number}")
                )
                began = time.process_time()
                if number == 0:
                    for hook, args, kwargs in hooks.get_after_restore():
                        hook(*args, **kwargs)
                answer = json.dumps(handler(event, Context()))
                used.append(time.process_time() - began)
            failed = answer if json.loads(answer)["statusCode"] >= 300 else None
            print(json.dumps({"cpu_seconds": used, "failed": failed}), file=answers, flush=True)
            os._exit(0)
        os.waitpid(copy, 0)
    sys.exit()


main()
