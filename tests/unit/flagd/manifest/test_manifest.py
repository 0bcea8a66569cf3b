from __future__ import annotations

import flagd.manifest


def test_the_face_of_the_package_is_sorted_and_complete():
    public = flagd.manifest.__all__
    assert public == sorted(public, key=lambda name: (not name.isupper(), name[0].islower(), name))
    assert all(hasattr(flagd.manifest, name) for name in public)
