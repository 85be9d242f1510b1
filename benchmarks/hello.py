"""What the check is compared with, served by the same server."""

from flask import Flask

app = Flask(__name__)
app.add_url_rule("/", view_func=lambda: "Hello, world", endpoint="hello")
