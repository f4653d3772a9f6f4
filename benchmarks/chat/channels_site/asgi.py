"""The address of the chat."""

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application
from django.urls import path

django_app = get_asgi_application()

from chat.consumers import ChatConsumer  # noqa: E402 - needs Django to be set up

application = ProtocolTypeRouter(
    {"http": django_app, "websocket": URLRouter([path("chat", ChatConsumer.as_asgi())])}
)
