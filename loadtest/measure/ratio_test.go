package measure

import "testing"

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		figures []float64
		want    float64
	}{
		{nil, 0}, {[]float64{7}, 7}, {[]float64{9, 1}, 5}, {[]float64{9, 1, 2}, 2}, {[]float64{4, 1, 3, 2}, 2.5},
	} {
		if got := Median(c.figures); got != c.want {
			t.Errorf("median of %v is %v, want %v", c.figures, got, c.want)
		}
	}
}

// The second round met a machine ten times slower, which moved both: the ratio
// stays, where a ratio of medians would not.
func TestMedianRatioIsOfTheSameRound(t *testing.T) {
	for _, c := range []struct {
		name                string
		figures, yardsticks []float64
		want                float64
	}{
		{"a slow round", []float64{200, 20, 240}, []float64{100, 10, 120}, 2},
		{"a yardstick that wobbles", []float64{100, 100, 100}, []float64{50, 100, 200}, 1},
		{"a round without a yardstick", []float64{100, 300}, []float64{0, 100}, 3},
		{"no yardstick", []float64{100}, nil, 0},
	} {
		if got := MedianRatio(c.figures, c.yardsticks); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
