"""The live line: one WebSocket endpoint beside the web server; asyncio only, never Django."""
