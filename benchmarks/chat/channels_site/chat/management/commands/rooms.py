"""`django rooms 100`: make that many rooms."""

from django.core.management.base import BaseCommand

from chat.models import Room


class Command(BaseCommand):
    def add_arguments(self, parser):
        parser.add_argument("count", type=int)

    def handle(self, count, **options):
        Room.objects.bulk_create(Room(patient="patient", doctor="doctor") for _ in range(count))
