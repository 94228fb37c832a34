"""A receiver of HTTP: answers with the statuses given, in turn, then with 200; writes down what came.

    python3 http_receiver.py FILE [STATUS ...]

The first line on standard output is the port. A line of FILE is one request: path, headers, body, status.
Of a path that ends in _bulk the documents are answered one by one, as Elasticsearch does: an id that was
there already with 409, a document with "refuse me" in it with 400.
"""

import http.server
import json
import sys


class Receiver(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    statuses = [int(status) for status in sys.argv[2:]]
    known = set()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        status = Receiver.statuses.pop(0) if Receiver.statuses else 200
        answer = b'{"text":"Success","code":0}'
        if status == 200 and self.path.endswith("_bulk"):
            answer = self.bulk(body)
        with open(sys.argv[1], "a") as file:
            json.dump(
                {"path": self.path, "headers": dict(self.headers), "body": body, "status": status}, file
            )
            file.write("\n")
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def bulk(self, body):
        lines = body.splitlines()
        items = []
        for action, document in zip(lines[::2], lines[1::2]):
            key = json.loads(action)["create"]["_id"]
            if "refuse me" in document:
                error = {"type": "mapper", "reason": 'no "status": 200 here', "status": "x"}
                items.append({"create": {"_id": key, "error": error, "status": 400}})
                continue
            items.append({"create": {"_id": key, "status": 409 if key in self.known else 201}})
            self.known.add(key)
        return json.dumps({"took": 1, "errors": True, "items": items}).encode()

    def log_message(self, *arguments):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Receiver)
print(server.server_port, flush=True)
server.serve_forever()
