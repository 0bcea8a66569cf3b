from flagd.sync.publisher.publication import Board, Publication


async def test_who_reads_the_board_is_woken_by_what_is_put_up():
    board, publication = Board(), Publication({})
    with board.subscribe() as changed:
        changed.clear()
        assert not board.ready
        board.put(publication)
        assert changed.is_set()
        assert board.current is publication
        assert board.ready


async def test_a_closed_board_keeps_what_it_says_and_wakes_its_readers():
    board, publication = Board(), Publication({})
    board.put(publication)
    with board.subscribe() as changed:
        changed.clear()
        board.close()
        assert changed.is_set()
    assert board.closed
    assert board.current is publication
