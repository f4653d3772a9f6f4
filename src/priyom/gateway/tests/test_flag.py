"""What sockets wait with: everybody goes on, whoever gave up meanwhile harms nobody."""

from __future__ import annotations

import asyncio

from priyom.gateway.flag import Flag


async def test_all_who_wait_go_on() -> None:
    flag = Flag()
    one, two, given_up = (asyncio.create_task(flag.wait()) for _ in range(3))
    await asyncio.sleep(0)
    given_up.cancel()
    await asyncio.sleep(0)
    assert not one.done()
    flag.set()
    await asyncio.wait_for(asyncio.gather(one, two), 1)
    assert flag.is_set()


async def test_down_again_it_holds_the_next() -> None:
    flag = Flag()
    flag.set()
    await asyncio.wait_for(flag.wait(), 1)
    flag.clear()
    waits = asyncio.create_task(flag.wait())
    await asyncio.sleep(0)
    assert not waits.done()
    assert not flag.is_set()
    flag.set()
    await asyncio.wait_for(waits, 1)
