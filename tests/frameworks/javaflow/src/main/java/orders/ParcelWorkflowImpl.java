package orders;

import com.amazonaws.services.simpleworkflow.flow.annotations.Asynchronous;
import com.amazonaws.services.simpleworkflow.flow.core.Promise;
import com.amazonaws.services.simpleworkflow.flow.core.Settable;

public class ParcelWorkflowImpl implements ParcelWorkflow {
    private static final int MAXIMUM_GRAMS = 1000;

    private final OrderActivitiesClient activities = new OrderActivitiesClient();
    private final Settable<Integer> weight = new Settable<>();

    @Override
    public Promise<String> deliver(int number) {
        return label(number, weight);
    }

    @Override
    public void weigh(int grams) {
        weight.set(grams);
    }

    @Asynchronous
    private Promise<String> label(int number, Promise<Integer> grams) {
        if (grams.get() > MAXIMUM_GRAMS) {
            throw new IllegalArgumentException("parcel " + number + " is too heavy");
        }
        return activities.label(number, grams.get());
    }
}
