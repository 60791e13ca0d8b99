"""What a template process does before kernels are forked from it leaves nothing open and changes no picture."""

from __future__ import annotations

from small_quarter import small_measures

from csworkbench.story.charts import lettering
from csworkbench.story.exhibits.revenue import mrr_bridge
from csworkbench.story.scene import scene_of
from csworkbench.story.warm import warm_up


def test_warming_up_keeps_letters_but_no_font_file_and_changes_no_picture() -> None:
    before = mrr_bridge(scene_of(small_measures(), "ja")).figure_svg
    warm_up()
    assert lettering._face.cache_info().currsize == 0
    known = lettering._outline.cache_info().currsize
    assert known > 500
    assert mrr_bridge(scene_of(small_measures(), "ja")).figure_svg == before
    assert lettering._face.cache_info().currsize == 0
