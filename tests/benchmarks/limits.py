"""Programs that do less than an index: what the machine, and what the product's libraries, can come to."""

import grp
import os
import pwd
import shutil
from pathlib import Path

from tests.benchmarks.peers import Load, Peer, local
from tests.benchmarks.processes import Server, Upload, free_port, output

LIMITS = ("nginx", "libraries")
_LIBRARIES = Path(__file__).with_name("libraries.py")
_NGINX = """\
user {user} {group};
daemon off;
worker_processes 1;
pid {work}/nginx.pid;
error_log stderr crit;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 10000000;
    open_file_cache max=20000 inactive=10m;
    client_body_temp_path {work}/body;
    proxy_temp_path {work}/proxy;
    fastcgi_temp_path {work}/fastcgi;
    uwsgi_temp_path {work}/uwsgi;
    scgi_temp_path {work}/scgi;
    server {{
        listen 127.0.0.1:{port} backlog=1024;
        root {site};
        types {{ }}
        default_type application/vnd.pypi.simple.v1+json;
        location /simple/ {{ rewrite ^/simple/([^/]+)/$ /simple/$1/index.v1_json break; }}
    }}
}}
"""


class Nginx:
    """The same bytes as static files from one worker: what the machine can do."""

    def __init__(self) -> None:
        everywhere = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"])
        self._command = shutil.which("nginx", path=everywhere) or "nginx"

    def version(self) -> str:
        """The version of the system's nginx."""
        return output([self._command, "-v"], "apt install nginx").rpartition(": ")[2].replace("/", " ")

    def load(self, load: Load) -> Server:
        """Write a configuration over the product's `site/`."""
        port, conf = free_port(), load.work / "nginx.conf"
        user, group = pwd.getpwuid(os.getuid()).pw_name, grp.getgrgid(os.getgid()).gr_name
        conf.write_text(_NGINX.format(user=user, group=group, work=load.work, port=port, site=load.home / "site"))
        argv = (self._command, "-p", str(load.work), "-e", "stderr", "-c", str(conf))
        return Server("nginx", argv, local(port), "/simple/", load.corpus.names)


class Libraries:
    """`libraries.py` over the product's `site/`: what an index can come to that has the product's libraries."""

    def __init__(self, python: Path) -> None:
        self._python = str(python)

    def version(self) -> str:
        """Those of the product."""
        return "libraries: what the product imports of others, and as little as possible around it"

    def load(self, load: Load) -> Server:
        """Nothing to load: pages are the product's."""
        port = free_port()
        argv = (self._python, str(_LIBRARIES), str(load.home), str(port))
        upload = Upload("/legacy/", None)
        return Server("libraries", argv, local(port), "/simple/", load.corpus.names, upload=upload)


def limits(python: Path) -> dict[str, Peer]:
    """Every one by name; `python` is the product's interpreter."""
    return {"nginx": Nginx(), "libraries": Libraries(python)}
