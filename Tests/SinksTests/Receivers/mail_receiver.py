"""A mail server (aiosmtpd): keeps what it is sent.

    python3 mail_receiver.py FILE

The first line on standard output is the port; `none` where aiosmtpd is not installed.
"""

import json
import socket
import sys
import time

try:
    from aiosmtpd.controller import Controller
except ImportError:
    print("none", flush=True)
    sys.exit(0)


class Keeper:
    async def handle_DATA(self, server, session, envelope):
        with open(sys.argv[1], "a") as file:
            json.dump(
                {
                    "from": envelope.mail_from,
                    "to": envelope.rcpt_tos,
                    "content": envelope.content.decode(),
                },
                file,
            )
            file.write("\n")
        return "250 kept"


with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
controller = Controller(Keeper(), hostname="127.0.0.1", port=port)
controller.start()
print(port, flush=True)
while True:
    time.sleep(60)
