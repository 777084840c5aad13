package measure

import "slices"

// Median is the middle of some figures, 0 of none; of an even number it is the
// mean of the two in the middle.
func Median(figures []float64) float64 {
	if len(figures) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(figures))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// MedianRatio is the median over rounds of what a figure is to its yardstick
// in the same round. A machine that slows down from one round to the next
// moves both; a ratio of medians would compare a quiet round with a noisy one.
// A round without its yardstick does not count.
func MedianRatio(figures, yardsticks []float64) float64 {
	var ratios []float64
	for round := range min(len(figures), len(yardsticks)) {
		if yardsticks[round] > 0 {
			ratios = append(ratios, figures[round]/yardsticks[round])
		}
	}
	return Median(ratios)
}
