"""One socket: what comes is checked and kept by the ORM, then sent to the room through Redis."""

from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer

from chat.models import Message, Room


class ChatConsumer(AsyncJsonWebsocketConsumer):
    async def connect(self):
        asked = parse_qs(self.scope["query_string"].decode())
        self.room, self.user = int(asked["room"][0]), asked["user"][0]
        self.group = f"room-{self.room}"
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()

    async def disconnect(self, code):
        await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive_json(self, content):
        told = await self.keep(content)
        if told is not None:
            await self.channel_layer.group_send(self.group, {"type": "chat.message", "told": told})

    @database_sync_to_async
    def keep(self, content):
        room = Room.objects.get(pk=self.room)
        if not room.is_open or self.user not in (room.patient, room.doctor):
            return None
        made = Message.objects.create(
            room=room, author=self.user, client_key=content["k"], body=content["body"]
        )
        return {
            "id": made.pk,
            "k": made.client_key,
            "author": made.author,
            "body": made.body,
            "at": made.at.isoformat(),
        }

    async def chat_message(self, event):
        await self.send_json(event["told"])
