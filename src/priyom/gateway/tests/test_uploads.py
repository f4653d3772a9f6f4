"""Files come in by the gateway's second listener, in the process of the sockets."""

from __future__ import annotations

from priyom.files.tests.listener import Listener, Sender, on_disk, started
from priyom.testing.ports import free_port


class InGateway(Listener):
    """The gateway with its HTTP listener where the tests' own one would stand."""

    def command(self) -> list[str]:
        return ["priyom.gateway"]

    def env(self) -> dict[str, str]:
        return {
            "PRIYOM_GATEWAY_LISTEN": f"127.0.0.1:{free_port()}",
            "PRIYOM_GATEWAY_HTTP_LISTEN": f"127.0.0.1:{self.port}",
        }


def test_a_file_comes_in_by_the_gateway(committed_db: None) -> None:
    with started(InGateway()) as gateway:
        anna = Sender(gateway)
        path = anna.create(11)
        assert path.startswith("/uploads/")
        assert anna.patch(path, 0, b"hello").offset == 5
        assert anna.head(path).offset == 5
        assert anna.patch(path, 5, b" world").offset == 11
        assert on_disk(path).read_bytes() == b"hello world"
        assert anna.ask("GET", "/metrics").status == 200, "beside what stands there already"
