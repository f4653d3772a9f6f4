"""The web server's way in: `uvicorn priyom.asgi:application`."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "priyom.settings")
application = get_asgi_application()
