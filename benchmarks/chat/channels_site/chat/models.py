"""Rooms and what was said in them."""

from django.db import models


class Room(models.Model):
    patient = models.CharField(max_length=40)
    doctor = models.CharField(max_length=40)
    is_open = models.BooleanField(default=True)


class Message(models.Model):
    room = models.ForeignKey(Room, on_delete=models.CASCADE)
    author = models.CharField(max_length=40)
    client_key = models.CharField(max_length=64)
    body = models.TextField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["room", "author", "client_key"], name="message_once")
        ]
