"""A process is there when it listens: on the port that it was told, where it opens others, too."""

import os
import socket

from local.processes import LOOPBACK, wait_until_listening


def test_a_process_that_opens_another_port_first_is_waited_for() -> None:
    with socket.create_server((LOOPBACK, 0)), socket.socket() as own:
        own.bind((LOOPBACK, 0))
        port = own.getsockname()[1]

        def not_ended() -> None:
            own.listen()

        found = wait_until_listening(os.getpid(), not_ended, what="ours", port=port)

        assert found == port
        socket.create_connection((LOOPBACK, port)).close()
